/** Requests to DynamoDB that are valid on the table `orders`: what is changed in them is nearly valid. */
export const dynamodbRequests: readonly (readonly [operation: string, input: object])[] = [
  [
    'PutItem',
    {
      TableName: 'orders',
      Item: {
        id: { S: 'a' },
        at: { S: '1' },
        l: { L: [{ N: '1' }, { M: { x: { S: 'y' } } }] },
        s: { SS: ['a', 'b'] },
        b: { B: 'AAAA' },
        ns: { NS: ['1', '2.5'] },
      },
    },
  ],
  [
    'PutItem',
    {
      TableName: 'orders',
      Item: { id: { S: 'b' }, status: { S: 'x' }, at: { S: '1' } },
      ConditionExpression: 'attribute_not_exists(id) OR #s IN (:a, :b)',
      ExpressionAttributeNames: { '#s': 'status' },
      ExpressionAttributeValues: { ':a': { S: 'x' }, ':b': { S: 'y' } },
      ReturnValues: 'ALL_OLD',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  ],
  [
    'PutItem',
    {
      TableName: 'orders',
      Item: { id: { S: 'c' } },
      Expected: { id: { ComparisonOperator: 'NE', AttributeValueList: [{ S: 'q' }] } },
      ConditionalOperator: 'AND',
    },
  ],
  [
    'GetItem',
    {
      TableName: 'orders',
      Key: { id: { S: 'a' } },
      ConsistentRead: true,
      ProjectionExpression: 'l[0], l[1].x, #n',
      ExpressionAttributeNames: { '#n': 'ns' },
      ReturnConsumedCapacity: 'TOTAL',
    },
  ],
  ['GetItem', { TableName: 'orders', Key: { id: { S: 'a' } }, AttributesToGet: ['id', 'l'] }],
  [
    'TransactWriteItems',
    {
      ClientRequestToken: 'token',
      ReturnConsumedCapacity: 'INDEXES',
      TransactItems: [
        { Put: { TableName: 'orders', Item: { id: { S: 't' } }, ConditionExpression: 'attribute_not_exists(id)' } },
        { Delete: { TableName: 'orders', Key: { id: { S: 'u' } } } },
        {
          Update: {
            TableName: 'orders',
            Key: { id: { S: 'v' } },
            UpdateExpression: 'ADD #n :n',
            ExpressionAttributeNames: { '#n': 'n' },
            ExpressionAttributeValues: { ':n': { N: '1' } },
          },
        },
        {
          ConditionCheck: {
            TableName: 'orders',
            Key: { id: { S: 'w' } },
            ConditionExpression: 'attribute_not_exists(id)',
          },
        },
      ],
    },
  ],
  ['TransactGetItems', { TransactItems: [{ Get: { TableName: 'orders', Key: { id: { S: 'a' } } } }] }],
  ['UpdateTimeToLive', { TableName: 'orders', TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true } }],
  [
    'UpdateItem',
    {
      TableName: 'orders',
      Key: { id: { S: 'a' } },
      UpdateExpression:
        'SET #c = if_not_exists(#c, :zero) + :one, l[5] = :one, l[1].x = :t REMOVE b ADD ns :n DELETE s :s',
      ExpressionAttributeNames: { '#c': 'count' },
      ExpressionAttributeValues: {
        ':zero': { N: '0' },
        ':one': { N: '1' },
        ':t': { S: 't' },
        ':n': { NS: ['7'] },
        ':s': { SS: ['a'] },
      },
      ReturnValues: 'UPDATED_NEW',
    },
  ],
  [
    'UpdateItem',
    {
      TableName: 'orders',
      Key: { id: { S: 'a' } },
      UpdateExpression: 'SET l = list_append(l, :l)',
      ExpressionAttributeValues: { ':l': { L: [{ S: 'm' }] } },
      ConditionExpression: 'attribute_exists(id) AND size(l) > :n',
      ReturnValues: 'ALL_OLD',
    },
  ],
  [
    'UpdateItem',
    {
      TableName: 'orders',
      Key: { id: { S: 'd' } },
      AttributeUpdates: {
        at: { Action: 'PUT', Value: { S: '2' } },
        n: { Action: 'ADD', Value: { N: '2' } },
        s: { Action: 'DELETE' },
      },
    },
  ],
  [
    'DeleteItem',
    {
      TableName: 'orders',
      Key: { id: { S: 'd' } },
      ConditionExpression: 'begins_with(id, :p) AND NOT contains(#s, :p)',
      ExpressionAttributeNames: { '#s': 's' },
      ExpressionAttributeValues: { ':p': { S: 'd' } },
    },
  ],
  [
    'Query',
    {
      TableName: 'orders',
      IndexName: 'by-status',
      KeyConditionExpression: '#s = :s AND #t BETWEEN :a AND :b',
      FilterExpression: 'attribute_type(id, :ty) AND (total < :n OR NOT contains(#s, :s))',
      ExpressionAttributeNames: { '#s': 'status', '#t': 'at' },
      ExpressionAttributeValues: {
        ':s': { S: 'x' },
        ':a': { S: '0' },
        ':b': { S: '9' },
        ':n': { N: '5' },
        ':ty': { S: 'S' },
      },
      Limit: 1,
      ScanIndexForward: false,
      ExclusiveStartKey: { id: { S: 'b' }, status: { S: 'x' }, at: { S: '1' } },
    },
  ],
  [
    'Query',
    {
      TableName: 'orders',
      KeyConditions: { id: { ComparisonOperator: 'EQ', AttributeValueList: [{ S: 'a' }] } },
      QueryFilter: { at: { ComparisonOperator: 'BETWEEN', AttributeValueList: [{ S: '0' }, { S: '9' }] } },
      Select: 'ALL_ATTRIBUTES',
    },
  ],
  [
    'Scan',
    {
      TableName: 'orders',
      IndexName: 'by-status',
      Segment: 0,
      TotalSegments: 2,
      FilterExpression: 'size(id) >= :n',
      ExpressionAttributeValues: { ':n': { N: '1' } },
      Limit: 2,
      Select: 'COUNT',
    },
  ],
  [
    'Scan',
    {
      TableName: 'orders',
      ScanFilter: { at: { ComparisonOperator: 'IN', AttributeValueList: [{ S: '1' }] } },
      ExclusiveStartKey: { id: { S: 'a' } },
    },
  ],
  [
    'BatchGetItem',
    { RequestItems: { orders: { Keys: [{ id: { S: 'a' } }, { id: { S: 'b' } }], ProjectionExpression: 'id' } } },
  ],
  [
    'BatchWriteItem',
    {
      RequestItems: {
        orders: [
          { PutRequest: { Item: { id: { S: 'e' }, at: { S: '1' } } } },
          { DeleteRequest: { Key: { id: { S: 'c' } } } },
        ],
      },
    },
  ],
  [
    'CreateTable',
    {
      TableName: 'other',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'k', AttributeType: 'S' },
        { AttributeName: 'r', AttributeType: 'N' },
      ],
      KeySchema: [{ AttributeName: 'k', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byR',
          KeySchema: [{ AttributeName: 'r', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['z'] },
        },
      ],
      Tags: [{ Key: 'a', Value: 'b' }],
    },
  ],
  [
    'UpdateTable',
    {
      TableName: 'orders',
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
    },
  ],
  ['DescribeTable', { TableName: 'orders' }],
  ['DescribeTimeToLive', { TableName: 'orders' }],
  ['ListTables', { Limit: 1, ExclusiveStartTableName: 'nop' }],
  [
    'TagResource',
    { ResourceArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/orders', Tags: [{ Key: 'a', Value: 'b' }] },
  ],
  ['ListTagsOfResource', { ResourceArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/orders' }],
  ['UntagResource', { ResourceArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/orders', TagKeys: ['a'] }],
  ['DeleteTable', { TableName: 'other' }],
];
