import { describe, expect, test } from '@jest/globals';
import { updateRequest } from '../../../shared/ledger/expressions.ts';

describe('an update', () => {
  test('names every attribute through a placeholder, and no other', () => {
    const request = updateRequest({
      key: { pk: 'a', sk: 'b' },
      set: { status: 'failed', absent: undefined },
      setOnce: { first: 1 },
      append: { history: { at: 'now' } },
      add: { seen: new Set(['m']) },
      remove: ['shard'],
      condition: 'attribute_exists(pk) AND #status <> :former',
      conditionValues: { former: 'processed' },
    });
    expect(request).toEqual({
      Key: { pk: { S: 'a' }, sk: { S: 'b' } },
      UpdateExpression:
        'SET #status = :status, #first = if_not_exists(#first, :first), ' +
        '#history = list_append(if_not_exists(#history, :none), :history) REMOVE #shard ADD #seen :seen',
      ConditionExpression: 'attribute_exists(pk) AND #status <> :former',
      ExpressionAttributeNames: {
        '#status': 'status',
        '#first': 'first',
        '#history': 'history',
        '#shard': 'shard',
        '#seen': 'seen',
      },
      ExpressionAttributeValues: {
        ':status': { S: 'failed' },
        ':first': { N: '1' },
        ':history': { L: [{ M: { at: { S: 'now' } } }] },
        ':none': { L: [] },
        ':seen': { SS: ['m'] },
        ':former': { S: 'processed' },
      },
    });
  });

  test('has only the clauses it needs', () => {
    const { UpdateExpression, ExpressionAttributeValues } = updateRequest({
      key: { pk: 'a' },
      set: { x: null },
      condition: 'attribute_exists(pk)',
    });
    expect(UpdateExpression).toBe('SET #x = :x');
    expect(ExpressionAttributeValues).toEqual({ ':x': { NULL: true } });
  });
});
