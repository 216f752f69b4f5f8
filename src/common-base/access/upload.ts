import type { MultipartFile } from '@fastify/multipart';
import type { FastifyRequest } from 'fastify';
import { FormFields } from '#platform/http';
import type { UploadedFile } from './staff-route.ts';

/** A form with files, read up to its first file. */
export interface Upload {
  /** The fields that stood before the first file. */
  readonly fields: FormFields;
  files(): AsyncGenerator<UploadedFile>;
  /** Lets go of what nobody read, so that the connection can end. */
  discard(): Promise<void>;
}

/** Reads the fields before the first file; the file itself flows only when it is asked for. */
export async function readUpload(request: FastifyRequest): Promise<Upload> {
  const parts = request.parts();
  const fields: Record<string, string[]> = {};
  let waiting: MultipartFile | undefined;
  for (;;) {
    const next = await parts.next();
    if (next.done === true) break;
    if (next.value.type === 'file') {
      waiting = next.value;
      break;
    }
    (fields[next.value.fieldname] ??= []).push(String(next.value.value));
  }
  async function* files(): AsyncGenerator<UploadedFile> {
    for (let part = waiting; part !== undefined; part = await nextFile(parts)) {
      waiting = undefined;
      yield {
        fieldName: part.fieldname,
        fileName: baseName(part.filename),
        mediaType: part.mimetype,
        chunks: part.file,
      };
      part.file.resume();
    }
  }
  return {
    fields: new FormFields(fields),
    files,
    discard: async () => {
      waiting?.file.resume();
      waiting = undefined;
      for (let part = await nextFile(parts); part !== undefined; part = await nextFile(parts)) part.file.resume();
    },
  };
}

async function nextFile(parts: ReturnType<FastifyRequest['parts']>): Promise<MultipartFile | undefined> {
  for (;;) {
    const next = await parts.next();
    if (next.done === true) return undefined;
    if (next.value.type === 'file') return next.value;
  }
}

/** Control characters, and those that turn the direction of writing: `a<U+202E>fdp.exe` reads like a PDF. */
const misleading = /[\p{Cc}\u{202a}-\u{202e}\u{2066}-\u{2069}]/gu;

/** The name alone: a browser or an attacker may send a path, and names are shown and kept. */
function baseName(name: string): string {
  const last = name.split(/[/\\]/u).at(-1) ?? '';
  return [...last.replaceAll(misleading, '')].slice(0, 200).join('');
}
