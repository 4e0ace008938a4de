import { AwsError, type JsonObject } from '../../endpoint/api.ts';
import { isObject } from '../../endpoint/json.ts';
import type { TableModel } from './model.ts';

interface Settings {
  /** The attribute that says when an item expires on AWS; undefined: none. Items do not expire here. */
  readonly timeToLiveAttribute: string | undefined;
  readonly deletionProtection: boolean;
}

const none: Settings = { timeToLiveAttribute: undefined, deletionProtection: false };

/**
 * What dynalite does not keep of a table: its time to live and its deletion protection, by the table's name. Codes and
 * texts are those of the API reference (UpdateTimeToLive, DeleteTable) and of moto's tests.
 */
export class TableSettings {
  readonly #byName = new Map<string, Settings>();

  /** Takes on what the template says, if that has changed: what clients set since stays. */
  applyTemplate(before: TableModel | undefined, next: TableModel): void {
    const isSame =
      before?.timeToLiveAttribute === next.timeToLiveAttribute &&
      before?.deletionProtection === next.deletionProtection;
    if (before !== undefined && isSame) return;
    const { timeToLiveAttribute, deletionProtection } = next;
    this.#byName.set(next.name, { timeToLiveAttribute, deletionProtection });
  }

  /** To be called when CreateTable or UpdateTable succeeded. */
  protect(input: JsonObject): void {
    const { TableName: name, DeletionProtectionEnabled: deletionProtection } = input;
    if (typeof name !== 'string' || typeof deletionProtection !== 'boolean') return;
    this.#byName.set(name, { ...this.#of(name), deletionProtection });
  }

  /** To be called when DeleteTable succeeded. */
  forget(name: unknown): void {
    this.#byName.delete(String(name));
  }

  /** Throws what DeleteTable answers for a protected table. */
  refuseDeletion(name: unknown): void {
    if (!this.#of(name).deletionProtection) return;
    const message =
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.';
    throw new AwsError('ValidationException', message);
  }

  /** Completes the description of a table. */
  describe(description: JsonObject): JsonObject {
    return { ...description, DeletionProtectionEnabled: this.#of(description['TableName']).deletionProtection };
  }

  /** The answer of DescribeTimeToLive for a table that is there. */
  timeToLive(name: unknown): JsonObject {
    const { timeToLiveAttribute } = this.#of(name);
    const description =
      timeToLiveAttribute === undefined
        ? { TimeToLiveStatus: 'DISABLED' }
        : { AttributeName: timeToLiveAttribute, TimeToLiveStatus: 'ENABLED' };
    return { TimeToLiveDescription: description };
  }

  /**
   * UpdateTimeToLive for a table that is there. On AWS a change takes up to an hour, and another one meanwhile is
   * refused; here it counts at once.
   */
  updateTimeToLive({ TableName: name, TimeToLiveSpecification: given }: JsonObject): JsonObject {
    const { AttributeName: attribute, Enabled: isEnabled } = isObject(given) ? given : {};
    if (typeof attribute !== 'string' || attribute === '' || typeof isEnabled !== 'boolean') {
      throw new AwsError('ValidationException', 'TimeToLiveSpecification needs an AttributeName and Enabled.');
    }
    const settings = this.#of(name);
    const { timeToLiveAttribute: current } = settings;
    if (current === undefined && !isEnabled)
      throw new AwsError('ValidationException', 'TimeToLive is already disabled');
    if (current !== undefined && current !== attribute) {
      const message = `TimeToLive is active on a different AttributeName: current AttributeName is ${current}`;
      throw new AwsError('ValidationException', message);
    }
    if (current !== undefined && isEnabled) throw new AwsError('ValidationException', 'TimeToLive is already enabled');
    this.#byName.set(String(name), { ...settings, timeToLiveAttribute: isEnabled ? attribute : undefined });
    return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: isEnabled } };
  }

  #of(name: unknown): Settings {
    return (typeof name === 'string' ? this.#byName.get(name) : undefined) ?? none;
  }
}
