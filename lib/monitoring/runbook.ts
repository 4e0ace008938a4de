/** Where docs/runbook.md says what to do about an alarm: the anchors of its sections, one for each kind of alarm. */
export const runbookSections = {
  failuresRecorded: 'failures-were-recorded',
  failuresNotRecorded: 'failures-cannot-be-recorded',
  ordersWait: 'orders-wait-too-long',
  badOrdersWait: 'failed-orders-wait-too-long',
  slowDrain: 'orders-come-faster-than-they-are-processed',
  functionErrors: 'a-function-fails',
  functionThrottles: 'a-function-is-throttled',
  parked: 'messages-are-parked',
  notQueued: 'orders-could-not-be-queued',
} as const;

export type RunbookSection = (typeof runbookSections)[keyof typeof runbookSections];

/**
 * Within the repository: that is where whoever gets the mail looks, and nobody but its owner knows its address. A team
 * gives its own (`-c runbook=https://git.example.com/orders/docs/runbook.md`), so that the mail has a link to click.
 */
export const defaultRunbook = 'docs/runbook.md';
