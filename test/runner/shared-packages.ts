import { createRequire } from 'node:module';
import { types } from 'node:util';

const requireOfNode = createRequire(import.meta.url);
/** Its types are those of the CommonJS module. */
const { default: Runtime } = requireOfNode('jest-runtime') as typeof import('jest-runtime');

/** The packages of hundreds of modules, and those that are made of the same classes. */
const large = /[/\\]node_modules[/\\](?:aws-cdk-lib|constructs|cdk-nag|@aws-sdk|@smithy|dynalite)[/\\]/;

/**
 * Loads the CDK, the SDK and dynalite once for all test files of a worker. jest loads every package again for every
 * test file, and that was a third of the processor time of a short file. The project's own modules and all other
 * packages are still loaded for each test file, so no test file sees the state of another.
 *
 * The large packages run outside of the globals of a test file, as Node's own modules always do under jest. Their
 * arrays and objects have other prototypes than those of a test file: `toEqual` takes them for equal, and
 * `assert.deepStrictEqual` does not. What else would show is mended here: dates, errors, environment variables.
 */
export default class SharedPackages extends Runtime {
  readonly #variables = { ...process.env };

  constructor(...args: ConstructorParameters<typeof Runtime>) {
    super(...args);
    const [, { global }] = args;
    // The SDK asks whether a value is a Date, and reads its settings from the environment.
    global.Date = Date;
    global.process.env = process.env;
    knowErrorsOfPackages(global.Error);
  }

  // As jest declares it.
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  override requireModuleOrMock<T = unknown>(from: string, moduleName: string): T {
    // An `import` of a CommonJS module comes with its path.
    return large.test(moduleName) ? (requireOfNode(moduleName) as T) : super.requireModuleOrMock<T>(from, moduleName);
  }

  /** The next test file finds the variables that this one found. */
  override teardown(): void {
    for (const name of Object.keys(process.env)) if (!(name in this.#variables)) delete process.env[name];
    Object.assign(process.env, this.#variables);
    super.teardown();
  }
}

/** `instanceof Error` is true for every error, whoever made it. For classes of errors it means what it always does. */
function knowErrorsOfPackages(errorOfFile: ErrorConstructor): void {
  const ordinary = Function.prototype[Symbol.hasInstance];
  Object.defineProperty(errorOfFile, Symbol.hasInstance, {
    configurable: true,
    value(this: unknown, value: unknown) {
      return ordinary.call(this, value) || (this === errorOfFile && types.isNativeError(value));
    },
  });
}
