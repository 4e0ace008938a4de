import { TemporaryFolder as GuardedFolder } from '../local/temporary-folder.ts';

/** A temporary folder of a command. */
export class TemporaryFolder extends GuardedFolder {
  constructor() {
    super('order-pipeline-');
  }
}
