export { readRulesFolder, readTextFolder } from './read-folder.ts';
export {
  chunkBytes,
  type FileHeading,
  type FileLabel,
  getFile,
  readFile,
  type StoredFile,
  storeFile,
} from './store-file.ts';
