import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { stages } from '../../lib/configuration/stages.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const workflow = read('.github/workflows/deploy.yml');

test('the deployment workflow deploys stages that there are by scripts that there are, and tests each', () => {
  const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> };
  for (const [, script] of workflow.matchAll(/npm run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(script);
  const deployed = [...workflow.matchAll(/deploy OrderPipeline -c stage=(\w+)/g)].map(([, stage]) => stage!);
  expect(deployed).toEqual(['dev', 'prod']);
  for (const stage of deployed) {
    expect(Object.keys(stages)).toContain(stage);
    expect(workflow).toContain(`npm run smoke -- --stage ${stage}`);
    expect(workflow).toContain(`environment: ${stage}\n`);
  }
});

test('the deployment workflow holds no secret, and production comes after dev', () => {
  expect(workflow).not.toContain('secrets.');
  expect(workflow).toMatch(/\n {2}prod:\n {4}needs: dev\n/);
});
