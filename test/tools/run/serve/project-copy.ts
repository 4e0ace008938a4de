import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './served.ts';

const copied = ['bin', 'lib', 'lambdas', 'shared', 'packages', 'tools', 'cdk.json', 'package.json'];

/** A copy of the project whose sources a test may change. */
export class ProjectCopy implements Disposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'project-copy-'));

  constructor() {
    for (const name of copied) cpSync(join(projectRoot, name), join(this.directory, name), { recursive: true });
    symlinkSync(join(projectRoot, 'node_modules'), join(this.directory, 'node_modules'));
  }

  read(path: string): string {
    return readFileSync(join(this.directory, path), 'utf8');
  }

  save(path: string, text: string): void {
    writeFileSync(join(this.directory, path), text);
  }

  /** Saves bin/app.ts as an app that adds `statements` to the project's stack. */
  saveApp(statements: string): void {
    this.save(
      'bin/app.ts',
      `import { CfnResource } from 'aws-cdk-lib';
      import { Queue } from 'aws-cdk-lib/aws-sqs';
      import { createApp } from '../lib/order-pipeline-app.ts';
      const { app, stack } = createApp();
      ${statements}
      app.synth();`,
    );
  }

  [Symbol.dispose](): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
