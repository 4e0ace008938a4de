import dynalite from 'dynalite';
import { refuseMalformedInput, rememberExpressions, returnItemOfFailedCondition } from './dynalite-patches.ts';
import { countIndexWrites } from './index-capacity.ts';

/**
 * The tables' process: dynalite, listening on the Unix socket that the first argument names. Its ARNs are made of
 * AWS_ACCOUNT_ID and AWS_REGION. Tables and indexes are there at once, so that nobody waits for `ACTIVE`.
 */
returnItemOfFailedCondition();
rememberExpressions();
countIndexWrites();
refuseMalformedInput();
const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
server.keepAliveTimeout = 0;
server.listen(process.argv[2], () => process.send?.('listening'));
process.once('disconnect', () => process.exit());
