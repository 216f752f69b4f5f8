export { readRulesFolder, readTextFolder } from './read-folder.ts';
export {
  type FileHeading,
  type FileLabel,
  getFile,
  readFile,
  type StoredFile,
  storeFile,
} from './store-file.ts';
