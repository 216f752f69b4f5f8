/** One field of a fixed-length record: its name and its length in bytes. */
export interface FixedField {
  readonly name: string;
  readonly bytes: number;
}

/** Cuts a record into its fields' bytes; undefined when it is longer or shorter than the fields together. */
export function splitFixedRecord(record: Uint8Array, fields: readonly FixedField[]): Uint8Array[] | undefined {
  const total = fields.reduce((sum, field) => sum + field.bytes, 0);
  if (record.length !== total) return undefined;
  let at = 0;
  return fields.map((field) => record.subarray(at, (at += field.bytes)));
}

/** A field's bytes, padded on the side its kind asks for: text to the right, numbers to the left with zeros. */
export function padFixedField(value: Uint8Array, bytes: number, kind: 'text' | 'number'): Uint8Array {
  if (value.length > bytes) throw new RangeError(`a value of ${value.length} bytes does not fit ${bytes}`);
  const padded = new Uint8Array(bytes).fill(kind === 'text' ? 0x20 : 0x30);
  padded.set(value, kind === 'text' ? 0 : bytes - value.length);
  return padded;
}

/** Cuts a stream of records without line breaks into records of one length; throws RangeError on a rest. */
export async function* readFixedRecords(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  bytes: number,
): AsyncGenerator<Uint8Array> {
  let rest = new Uint8Array();
  for await (const chunk of chunks) {
    const joined = new Uint8Array(rest.length + chunk.length);
    joined.set(rest);
    joined.set(chunk, rest.length);
    const whole = joined.length - (joined.length % bytes);
    for (let at = 0; at < whole; at += bytes) yield joined.subarray(at, at + bytes);
    rest = joined.slice(whole);
  }
  if (rest.length > 0) throw new RangeError(`the last record has ${rest.length} of ${bytes} bytes`);
}
