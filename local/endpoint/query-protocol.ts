import { faultOf } from './protocol.ts';
import type { HttpAnswer, Protocol } from './protocol.ts';
import { escapeXml, xmlMembers } from './query-xml.ts';
import type { RpcService } from './service.ts';

/** AWS Query: the form field `Action` names the operation, answers are XML. */
export function queryProtocol(action: string, service: RpcService | undefined): Protocol {
  const namespace = service?.xmlNamespace === undefined ? '' : ` xmlns="${service.xmlNamespace}"`;
  return {
    success: (output, requestId) => {
      const operation = service?.operations[action];
      const hasResult = operation?.output !== undefined || Object.keys(output).length > 0;
      const result = hasResult ? `<${action}Result>${xmlMembers(output, operation?.output)}</${action}Result>` : '';
      const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      return xml(200, requestId, `<${action}Response${namespace}>${result}${metadata}</${action}Response>`);
    },
    failure: (error, requestId) => {
      const members = Object.entries(error.members).map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`);
      const document =
        `<Error><Type>${faultOf(error)}</Type><Code>${escapeXml(error.queryCode)}</Code>` +
        `<Message>${escapeXml(error.message)}</Message>${members.join('')}</Error><RequestId>${requestId}</RequestId>`;
      return xml(error.httpStatus, requestId, `<ErrorResponse${namespace}>${document}</ErrorResponse>`);
    },
  };
}

function xml(status: number, requestId: string, body: string): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'text/xml', 'x-amzn-RequestId': requestId },
    body: `<?xml version="1.0"?>${body}`,
  };
}
