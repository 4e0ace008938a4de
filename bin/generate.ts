// npm run generate: writes the files that follow from shared/order/order.schema.json.
import { generate } from '../tools/generate/generate.ts';

process.exitCode = await generate(process.stdout, process.stderr);
