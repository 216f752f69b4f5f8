/** 転入者の接種歴照会: the list. */
export const historyInquiriesPath = '/history-inquiries';

/** One inquiry with its answer beside the own doses. */
export function historyInquiryPath(inquiryId: number): string {
  return `${historyInquiriesPath}/${inquiryId}`;
}
