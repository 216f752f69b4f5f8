import { join } from 'node:path';

/** The folder of the demonstration municipality's settings, brought with the program. */
export const demonstrationSettings = join(import.meta.dirname, '../../../../settings/wakabadai');
