/**
 * A CommonJS handler that logs what it sees as JSON (`Pipeline.observed` reads it), then does what `body` says:
 * statements that have `event`, `context`, `bodies`, and `count`, the number of invocations of this process.
 */
export function observer(body = ''): string {
  return `
    let count = 0;
    exports.handler = async (event, context) => {
      count += 1;
      console.log(JSON.stringify({ count, event }));
      const bodies = event.Records.map((record) => record.body);
      ${body}
    };
  `;
}
