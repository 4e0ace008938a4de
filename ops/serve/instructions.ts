import type { Runtime } from 'local-aws';

/** What someone at another terminal needs: the variables to export, and what there is. */
export function instructions({ endpoint, model }: Pick<Runtime, 'endpoint' | 'model'>): string {
  const { region } = model;
  return [
    'For the AWS CLI and SDKs, in another terminal:',
    `  export AWS_ENDPOINT_URL=${endpoint.url} AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    '  export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local',
    ...model.functions.map(({ name }) => `  function  ${name}`),
    ...model.queues.map(({ name }) => `  queue     ${endpoint.url}/${model.accountId}/${name}`),
    ...model.tables.map(({ name }) => `  table     ${name}`),
    ...skipped(model),
    'Ctrl-C stops it.',
  ].join('\n');
}

function skipped({ skipped: resources }: Runtime['model']): string[] {
  if (resources.length === 0) return [];
  const types = [...new Set(resources.map(({ type }) => type))].toSorted();
  return [`  without meaning here, skipped: ${types.join(', ')}`];
}
