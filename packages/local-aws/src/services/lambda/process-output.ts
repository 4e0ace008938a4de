/** What a frame on descriptor 3 of an execution environment's process carries; written by bootstrap/output.cjs. */
export const FrameKind = {
  log: 1,
  stdout: 2,
  stderr: 3,
  done: 4,
  exiting: 5,
  outOfMemory: 6,
  memory: 7,
  awsCall: 8,
} as const;

const headerBytes = 5;

/** Cuts the byte stream back into frames, whatever the chunks it arrives in. */
export class FrameDecoder {
  readonly #onFrame: (kind: number, payload: string) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(onFrame: (kind: number, payload: string) => void) {
    this.#onFrame = onFrame;
  }

  push(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      if (bytes.length < headerBytes) break;
      const end = headerBytes + bytes.readUInt32BE(1);
      if (bytes.length < end) break;
      this.#onFrame(bytes.readUInt8(0), bytes.toString('utf8', headerBytes, end));
      bytes = bytes.subarray(end);
    }
    this.#rest = bytes;
  }
}

/** Cuts raw output into lines: each becomes one log event, as on AWS. */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    const lines = `${this.#rest}${text}`.split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line);
  }

  /** Passes on a last line without a line break. */
  flush(): void {
    if (this.#rest !== '') this.#onLine(this.#rest);
    this.#rest = '';
  }
}
