const Ajv = require('ajv');
const schema = require('./order.schema.json');

const validate = new Ajv({ allErrors: true }).compile(schema);

exports.handler = async (event) => {
  for (const { body } of event.Records) {
    const order = JSON.parse(body);
    console.log('Failed Order', order.customer, validate(order) ? 'valid' : JSON.stringify(validate.errors));
  }
};
