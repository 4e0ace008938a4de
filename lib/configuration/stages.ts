import type { Configuration, PresetName } from './configuration.ts';

/** One deployment of the pipeline, with a stack, queues, a table, alarms and a dashboard of its own. */
export interface Stage {
  /** What the stage begins with. */
  readonly preset: PresetName;
  /** The account, 12 digits. `cdk deploy` refuses credentials of any other. Default: the account of the credentials. */
  readonly account?: string;
  /** Such as eu-central-1. `npx orders --stage` looks there. Default: the region of the credentials. */
  readonly region?: string;
  /** What differs from the preset: any setting of lib/configuration/configuration.ts. A context key overrides such a setting. */
  readonly settings?: Partial<Configuration>;
}

/**
 * The stages, by name: `cdk deploy -c stage=dev` deploys the stack `OrderPipeline-dev`. Stages stand side by side in one
 * account, or each in an account of its own. The name of a stage takes letters, digits and hyphens.
 */
export const stages: Readonly<Record<string, Stage>> = {
  // For trying changes. Its orders are made up: `cdk destroy` deletes everything.
  dev: { preset: 'production', settings: { retainData: false } },
  // Real orders. `cdk destroy` leaves the data.
  prod: { preset: 'production' },
  // The lecture demo. `-c preset=lab` is this stage, too: a lab never takes the place of another stack.
  lab: { preset: 'lab' },
};
