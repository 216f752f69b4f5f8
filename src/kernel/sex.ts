/** Sex as registered (性別); `unknown` where the register does not say. */
export type Sex = 'male' | 'female' | 'unknown';
