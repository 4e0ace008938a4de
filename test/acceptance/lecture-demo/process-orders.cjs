const Ajv = require('ajv');
const schema = require('./order.schema.json');

const validate = new Ajv({ allErrors: true }).compile(schema);

function process(order) {
  if (!validate(order)) throw new Error(JSON.stringify(validate.errors));
  console.log('Good Order', order.customer);
}

exports.handler = async (event) => {
  for (const record of event.Records) {
    try {
      process(JSON.parse(record.body));
    } catch (error) {
      console.error('Bad Order', record.body);
      throw new Error(JSON.stringify(error));
    }
  }
};
