import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { doorNames } from '../../../lib/configuration/doors.ts';
import { runOrders } from '../../../tools/orders/program.ts';
import { synthesize } from '../synthesize.ts';
import { alarmsOf, periodOf, type SynthesizedAlarm } from './synthesized-alarms.ts';

const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
/** FIFO queues have other thresholds. */
const everyDoor = {
  ...Object.fromEntries(doorNames.filter((name) => name !== 'fifo').map((name) => [name, 'true'])),
  mailFrom: 'orders@example.com',
};
const alarms = {
  production: alarmsOf(synthesize('production', everyDoor)),
  lab: alarmsOf(synthesize('lab', everyDoor)),
};

/** Anchors that alarms lead to. */
const ledTo = new Set(alarms.production.map(({ AlarmDescription }) => /#([a-z-]+)$/.exec(AlarmDescription)![1]!));

/** Section texts by the anchors that Markdown renderers give their headings. */
const sections = new Map(
  runbook
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [heading = '', ...lines] = section.split('\n');
      const anchor = heading
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-');
      return [anchor, lines.join('\n')] as const;
    }),
);

/** Every `orders` command of the runbook, without `npx orders`. */
const commands = [...runbook.matchAll(/^npx orders (.+)$/gm)].map(([, command]) => command!);

async function helpOf(command: string): Promise<{ readonly exitCode: number; readonly help: string }> {
  let help = '';
  const output = { write: (text: string) => void (help += text) };
  const io = { stdout: output, stderr: output, env: {} } as unknown as Parameters<typeof runOrders>[1];
  const exitCode = await runOrders([command, '--help'], io, {});
  return { exitCode, help };
}

describe('the runbook', () => {
  test.each([...ledTo])('has the section that an alarm leads to: %s', (anchor) => {
    expect([...sections.keys()]).toContain(anchor);
  });

  test.each([...ledTo])('says of %s what it means, how to look and how to mend', (anchor) => {
    const [, means, look, mend] =
      /\*\*What it means\.\*\*([^]*)\*\*How to look\.\*\*([^]*)\*\*How to mend\.\*\*([^]*)/.exec(
        sections.get(anchor)!,
      )!;
    expect(means!.length).toBeGreaterThan(100);
    expect(look).toContain('npx orders ');
    expect(mend).toContain('npx orders ');
  });

  test('leads nowhere in vain', () => {
    const links = [...runbook.matchAll(/\]\(#([a-z-]+)\)/g)].map(([, anchor]) => anchor!);
    expect(links.filter((anchor) => !sections.has(anchor))).toEqual([]);
  });

  test.each([...new Set(commands)])('names a command that there is: orders %s', async (line) => {
    const [command = ''] = line.split(' ');
    const { exitCode, help } = await helpOf(command);
    expect(exitCode).toBe(0);
    expect(help).toContain(`Usage: orders ${command}`);
    const options = [...line.matchAll(/--[a-z-]+/g)].map(([option]) => option);
    expect(options.filter((option) => !help.includes(`${option} `))).toEqual([]);
  });

  test.each(alarms.production.map(({ id }) => id))('tells when %s goes off', (id) => {
    const row = new RegExp(`^\\| \\[${id}\\]\\(#([a-z-]+)\\) +\\|[^|]*\\| ([^|]*?) +\\| ([^|]*?) +\\|$`, 'm').exec(
      runbook,
    );
    const { production, lab } = { production: find('production', id), lab: find('lab', id) };
    expect(row?.slice(1)).toEqual([production.AlarmDescription.split('#')[1], limitOf(production), limitOf(lab)]);
  });
});

function find(preset: keyof typeof alarms, id: string): SynthesizedAlarm {
  return alarms[preset].find((alarm) => alarm.id === id)!;
}

function limitOf(alarm: SynthesizedAlarm): string {
  const periods = alarm.EvaluationPeriods === 1 ? '' : `each of ${alarm.EvaluationPeriods} × `;
  return `${alarm.Threshold} in ${periods}${periodOf(alarm)} s`;
}
