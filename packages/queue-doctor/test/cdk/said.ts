import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { App, type AppProps, type Stack } from 'aws-cdk-lib';
import { ArtifactMetadataEntryType } from 'aws-cdk-lib/cloud-assembly-schema';

const folder = mkdtempSync(join(tmpdir(), 'queue-doctor-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An app that synthesizes into a folder of its own, which goes with the test. */
export const newApp = ({ context, ...props }: AppProps = {}) =>
  new App({
    analyticsReporting: false,
    outdir: mkdtempSync(join(folder, 'cdk.out-')),
    // The CDK warns where it is not said.
    context: { '@aws-cdk/core:defaultCrossStackReferences': 'strong', ...context },
    ...props,
  });

const warning: string = ArtifactMetadataEntryType.WARN;

/** What synthesis says: `error code at construct` and `warning code at construct`. */
export function said(stack: Stack): readonly string[] {
  const outcomes: string[] = [];
  try {
    (stack.node.root as App).synth();
  } catch (error) {
    const [head, ...errors] = (error as Error).message.split('\n');
    if (head !== 'Validation failed with the following errors:') throw error;
    for (const each of errors) outcomes.push(`error ${/\(docs\/doctor\.md#([\w-]+)\)$/.exec(each)?.[1] ?? each}`);
  }
  for (const { node } of stack.node.findAll()) {
    for (const { type, data } of node.metadata.filter((each) => each.type === warning)) {
      const [, found] = /\[ack: queue-doctor:([\w-]+)\]$/.exec(String(data)) ?? [];
      outcomes.push(`warning ${found ?? `${type} ${String(data)}`} at /${node.path}`);
    }
  }
  return outcomes;
}
