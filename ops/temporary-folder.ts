import { TemporaryFolder as GuardedFolder } from 'local-aws';

/** A temporary folder of a command. */
export class TemporaryFolder extends GuardedFolder {
  constructor() {
    super('order-pipeline-');
  }
}
