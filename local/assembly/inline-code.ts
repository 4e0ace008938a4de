import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes `Code.ZipFile` to `index.js` in a folder named after the function and the code, so that changed code gets a
 * folder of its own while old environments still run. CloudFormation names the file `index` too.
 */
export function writeInlineCode(codeRoot: string, functionName: string, source: string): string {
  const hash = createHash('sha256').update(source).digest('hex').slice(0, 16);
  const directory = join(codeRoot, `${functionName}-${hash}`);
  mkdirSync(directory, { recursive: true });
  // Without one, Node.js would look for a package.json in the folders above and take its "type".
  writeFileSync(join(directory, 'package.json'), '{}\n');
  writeFileSync(join(directory, 'index.js'), source);
  return directory;
}
