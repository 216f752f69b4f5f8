/** Input that cannot be read at all (wrong column, wrong encoding): nothing was written; exit code 2, HTTP 422. */
export class UnreadableInput extends Error {
  override readonly name = 'UnreadableInput';
}

/** The thing asked for does not exist in this municipality: HTTP 404. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** The world changed since the person looked; says what changed: HTTP 409. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}
