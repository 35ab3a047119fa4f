// The words of the vocabulary as people say them. A word that is not listed is shown spelt out,
// never hidden; its code stays readable beside or behind it.

/** `awaiting_stock` as `Awaiting stock`. */
export function spell(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const exceptionWords: Record<string, string> = {
  dispatch_overdue: 'Not dispatched in time',
  label_not_scanned: 'Label made, never scanned',
  predicted_late: 'Likely late',
  missorted: 'Sent the wrong way',
  weather: 'Held by weather',
  delayed_by_carrier: 'Delayed by the carrier',
  late: 'Late',
  transit_silence: 'No scan for too long',
  customs_or_documents: 'Customs or documents',
  held_or_pickup_expiring: 'Waiting for pick-up',
  attempt_failed: 'Delivery attempt failed',
  address_problem: 'Address problem',
  refused_or_returning: 'Refused or coming back',
  contents_wrong: 'Wrong contents',
  delivered_not_received: 'Delivered, not received',
  damaged: 'Damaged',
  lost: 'Lost',
};

export const milestoneWords: Record<string, string> = {
  pending: 'Nothing known yet',
  info_received: 'Announced to the carrier',
  accepted: 'With the carrier',
  in_transit: 'On its way',
  at_destination: 'Near its destination',
  out_for_delivery: 'Out for delivery',
  available_for_pickup: 'Ready for pick-up',
  attempt_failed: 'Attempt failed',
  delivered: 'Delivered',
  returning: 'Coming back',
  returned: 'Returned',
  cancelled: 'Cancelled',
  expired: 'Expired',
};

export const groundWords: Record<string, string> = {
  late_guarantee: 'Guarantee missed',
  loss: 'Loss',
  damage: 'Damage',
  contents: 'Contents',
  billing: 'Billing',
};

export const remedyWords: Record<string, string> = {
  none: 'No remedy',
  reship_or_refund: 'New parcel or money back',
  refund: 'Money back',
  replace_part: 'Replacement part',
  wait: 'Wait, then decide',
};

export const fundingWords: Record<string, string> = {
  reserve: 'Own reserve',
  insurer: 'Insurer',
  carrier: 'Carrier',
  none: 'Nobody',
};

export const notificationWords: Record<string, string> = {
  order_confirmed: 'Order confirmed',
  dispatch_delayed: 'Dispatch is delayed',
  label_created: 'Label created',
  shipped: 'Shipped',
  in_transit: 'On its way',
  out_for_delivery: 'Out for delivery',
  available_for_pickup: 'Ready for pick-up',
  attempt_failed: 'Delivery was attempted',
  delivered: 'Delivered',
  delay_predicted: 'A delay is likely',
  delayed_revised_eta: 'Delayed',
  exception_action_needed: 'The shopper has to act',
  claim_update: 'News of the claim',
  feedback_request: 'Asked for feedback',
};

const stateWords: Record<string, string> = {
  shadowed: 'Kept in shadow',
  held: 'Held back',
  collapsed: 'Merged into another',
  retracted: 'Retracted',
  on_hold: 'On hold',
  evidence_ready: 'Evidence ready',
  waiting_on_documents: 'Waits for documents',
  info_requested: 'More asked for',
  denied_final: 'Denied for good',
  short_credited: 'Credited too little',
  written_off: 'Written off',
};
export const stateWord = (state: string) => stateWords[state] ?? spell(state);
export const exceptionWord = (kind: string) => exceptionWords[kind] ?? spell(kind);
export const milestoneWord = (milestone: string) => milestoneWords[milestone] ?? spell(milestone);

export const serviceWord = (service?: string) => (service ? spell(service) : '');

export const carrierWord = (carrier: string) =>
  ({ ups: 'UPS', usps: 'USPS', fedex: 'FedEx', dhl_express: 'DHL Express', dhl: 'DHL' })[carrier] ??
  spell(carrier);
