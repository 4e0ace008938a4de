import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readDockerfile, UnsupportedDockerfile } from '../../src/services/ecs/dockerfile.ts';

const read = (...lines: readonly string[]) => readDockerfile(['FROM node:24-slim', ...lines].join('\n'));

function refusalOf(line: string): UnsupportedDockerfile {
  try {
    read(line);
  } catch (error) {
    if (error instanceof UnsupportedDockerfile) return error;
  }
  throw new Error(`${line} was not refused.`);
}

describe('a Dockerfile', () => {
  test('that only copies becomes a plan, with paths relative to its working directory', () => {
    const plan = readDockerfile(`# syntax=docker/dockerfile:1
FROM --platform=linux/arm64 public.ecr.aws/docker/library/node:24-alpine AS app
WORKDIR /usr/src
WORKDIR app
ENV NODE_ENV=production GREETING="two words" \\
    # a comment between
    DIR=dist
COPY --chown=node:node package*.json ./
COPY ["a file.txt", "/var/lib/a file.txt"]
COPY $DIR ./dist
EXPOSE 8080/tcp
USER node
LABEL team=pizza
HEALTHCHECK CMD node check.mjs
CMD ["node", "dist/main.mjs"]
`);
    expect(plan).toEqual({
      baseImage: 'public.ecr.aws/docker/library/node:24-alpine',
      nodeMajor: 24,
      workingDirectory: '/usr/src/app',
      environment: { NODE_ENV: 'production', GREETING: 'two words', DIR: 'dist' },
      copies: [
        { sources: ['package*.json'], destination: '/usr/src/app', intoFolder: true },
        { sources: ['a file.txt'], destination: '/var/lib/a file.txt', intoFolder: false },
        { sources: ['dist'], destination: '/usr/src/app/dist', intoFolder: false },
      ],
      exposedPorts: [8080],
      command: ['node', 'dist/main.mjs'],
    });
  });

  test('takes the shell form of commands, and the old form of ENV', () => {
    const plan = read('ENV GREETING hello you', 'ENTRYPOINT node main.mjs --port 80');
    expect(plan.environment).toEqual({ GREETING: 'hello you' });
    expect(plan.entryPoint).toEqual(['/bin/sh', '-c', 'node main.mjs --port 80']);
  });

  test.each([
    ['RUN npm ci', 'RUN is not followed', 'COPY what comes of it'],
    ['ADD https://example.com/a.tgz .', 'ADD is not followed', 'Use COPY'],
    ['ARG VERSION=1', 'ARG is not followed', 'use ENV'],
    ['VOLUME /data', 'VOLUME is not followed', 'Leave it out'],
    ['FROM node:24', 'a second FROM', 'one stage'],
    ['COPY --from=build /app .', 'COPY with --from', 'without this option'],
    ['COPY ../secrets .', 'COPY of ../secrets', 'below the folder'],
  ])('with %s is refused by name, with a remedy', (line, reason, remedy) => {
    const refusal = refusalOf(line);
    expect(refusal.message).toContain(reason);
    expect(refusal.remedy).toContain(remedy);
  });

  test.each(['FROM python:3', 'FROM nodejs', 'FROM evil.example.com/node:24', 'CMD ["node"]', ''])(
    'that begins with "%s" is refused',
    (text) => expect(() => readDockerfile(text)).toThrow(UnsupportedDockerfile),
  );

  test('copies to no place above the root', () => {
    expect(read('COPY . /app/../../../etc/..').copies[0]?.destination).toBe('/');
  });

  test('of any text is read or refused, and copies to absolute paths only', () => {
    const word = fc.constantFrom(
      'COPY',
      'ENV',
      'WORKDIR',
      'CMD',
      '..',
      '/a',
      '$B',
      '"',
      '\\',
      '[',
      '--from=x',
      'A=1',
      '\n',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 20 }), (words) => {
        try {
          for (const { destination } of read(words.join(' ')).copies)
            expect(destination).toMatch(/^\/(?!.*\.\.(\/|$))/);
        } catch (error) {
          if (!(error instanceof UnsupportedDockerfile)) throw error;
        }
      }),
    );
  });
});
