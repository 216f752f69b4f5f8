import { crc32, deflateSync } from 'node:zlib';
import type { Day } from '#kernel';
import { type NoticeContext, registerSeal } from '#ledger/notices';
import { type Picture, readPng } from '#platform/pdf';

/** A red square frame of 40 by 40 dots, as the picture of an official seal (公印) that stands for nobody's. */
export function testSealPng(): Buffer {
  const side = 40;
  const rows = Array.from({ length: side }, (_, y) => [
    0,
    ...Array.from({ length: side }, (_dot, x) => {
      const isFrame = Math.min(x, y, side - 1 - x, side - 1 - y) < 4;
      return isFrame ? [200, 30, 30, 255] : [255, 255, 255, 0];
    }).flat(),
  ]);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(side, 0);
  head.writeUInt32BE(side, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const image = deflateSync(Buffer.from(rows.flat()));
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', image), chunk('IEND', Buffer.alloc(0))]);
}

/** The same picture as it is printed. */
export function testSeal(): Picture {
  return readPng(testSealPng());
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}

/** Registers the picture as the municipality's seal from a day on. */
export async function registerTestSeal(context: NoticeContext, from: Day): Promise<void> {
  await registerSeal(context, testSealPng(), from);
}
