/** Reads one setting from the text or the JSON of a context key, or as it stands; undefined when it makes no sense. */
export type Reader<Value> = (given: unknown) => Value | undefined;

/** A boolean, or its name. */
export const yesOrNo: Reader<boolean> = (given) =>
  ({ true: true, false: false })[typeof given === 'boolean' ? String(given) : (given as string)];

/** Text with commas, as the command line has it, or a list of cdk.json. */
export const list: Reader<readonly string[]> = (given) => {
  const items: readonly unknown[] | undefined = Array.isArray(given) ? given : textItems(given);
  return items?.every((item) => typeof item === 'string' && item.trim() !== '')
    ? items.map((item) => (item as string).trim())
    : undefined;
};

/** Without white space, at which a mail would end the link. */
export const link: Reader<string> = (given) =>
  typeof given === 'string' && /^\S+$/.test(given.trim()) ? given.trim() : undefined;

/** No more than that it can be one: whether it is, AWS asks the address itself. */
export const emailAddresses: Reader<readonly string[]> = (given) => {
  const addresses = list(given);
  return addresses?.every((address) => /^[^\s@]+@[^\s@]+$/.test(address)) === true ? addresses : undefined;
};

function textItems(given: unknown): readonly string[] | undefined {
  if (typeof given !== 'string') return undefined;
  return given.trim() === '' ? [] : given.split(',');
}
