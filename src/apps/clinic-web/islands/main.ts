import { watchTheLine } from './line-watch.ts';
import { takeScannerKeys } from './scanner-keys.ts';

watchTheLine();
takeScannerKeys();
