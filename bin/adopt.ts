// npm run adopt: gives the project a domain word of your own.
import { adopt } from '../tools/adopt/adopt.ts';

process.exitCode = adopt(process.argv.slice(2), process.cwd(), process.stdout, process.stderr);
