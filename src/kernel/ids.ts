/** A 6-digit code of a local government (全国地方公共団体コード): the first column of every key. */
export type LgCode = string & { readonly __kind: 'LgCode' };

/** Our own meaningless key of a person; never shown, never exported. */
export type PersonId = number & { readonly __kind: 'PersonId' };

/** Our own key of a ledger entry. */
export type EntryId = number & { readonly __kind: 'EntryId' };

/** Our own key of a batch taken in (a file of clinic records). */
export type BatchId = number & { readonly __kind: 'BatchId' };

/** Our own key of a member of staff or of an operator's account. */
export type StaffId = number & { readonly __kind: 'StaffId' };
