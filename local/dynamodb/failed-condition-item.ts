import database from 'dynalite/db/index.js';
import deleteItem from 'dynalite/validations/deleteItem.js';
import putItem from 'dynalite/validations/putItem.js';
import updateItem from 'dynalite/validations/updateItem.js';

/**
 * Teaches dynalite `ReturnValuesOnConditionCheckFailure`, which it drops: with `ALL_OLD` the error carries the item that
 * the condition was checked against (DynamoDB API reference, `ConditionalCheckFailedException`). Its condition check is
 * the one place where that item is at hand, so this relies on the inside of the version in package.json.
 */
export function returnItemOfFailedCondition(): void {
  for (const { types } of [deleteItem, putItem, updateItem]) {
    types['ReturnValuesOnConditionCheckFailure'] = { type: 'String', enum: ['ALL_OLD', 'NONE'] };
  }
  const { checkConditional } = database;
  database.checkConditional = (input, item) => {
    const failure = checkConditional(input, item);
    if (failure && item !== undefined && input['ReturnValuesOnConditionCheckFailure'] === 'ALL_OLD') {
      failure.body['Item'] = item;
    }
    return failure;
  };
}
