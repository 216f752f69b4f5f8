/**
 * One file packed and encrypted with AES-256 (@spec WinZip AE-2), chunk by chunk in flat memory; every well-kept packer
 * opens it. Nothing of the content is ever written in the clear; a fault of the content is thrown to who reads.
 */
export async function* writeEncryptedZip(
  name: string,
  content: AsyncIterable<Uint8Array>,
  password: string,
): AsyncGenerator<Uint8Array> {
  // Loaded for the first file: most programs hand none out.
  const { configure, ZipWriter } = await import('@zip.js/zip.js');
  configure({ useWebWorkers: false });
  let controller: TransformStreamDefaultController<Uint8Array> | undefined;
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
    start(given) {
      controller = given;
    },
  });
  const writer = new ZipWriter(writable, { password, encryptionStrength: 3 });
  const written = writer.add(name, ReadableStream.from(content)).then(async () => await writer.close());
  // The packer keeps its end open when the content fails: without this, whoever reads would wait for ever.
  written.catch((error: unknown) => controller?.error(error));
  yield* readable;
  await written;
}
