/** The id of a construct for a name in kebab case: `bad-orders` becomes `BadOrders`. */
export function constructId(name: string): string {
  return name.replaceAll(/(?:^|[-_])(\w)/g, (_, first: string) => first.toUpperCase());
}
