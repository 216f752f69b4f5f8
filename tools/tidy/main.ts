import { checkFindings } from './check-findings.ts';
import { checkImports } from './check-imports.ts';
import { checkPurity } from './check-purity.ts';
import { checkGlossary, checkLengths, checkNames, checkReadmes, checkVaccineNames, readTextOf } from './check-words.ts';
import { floors } from './floors.ts';
import { readSourceFiles } from './source-tree.ts';

const files = readSourceFiles('src');
const checks = {
  imports: checkImports(files),
  purity: checkPurity(files),
  vaccineNames: checkVaccineNames(files),
  names: checkNames(),
  glossary: checkGlossary(files),
  readmes: checkReadmes(
    floors.map((room) => room.path),
    readTextOf,
  ),
  lengths: checkLengths(files),
  findings: checkFindings(files),
};

const importCount = files.reduce((sum, file) => sum + file.imports.length, 0);
for (const [check, faults] of Object.entries(checks)) {
  for (const fault of faults) process.stdout.write(`${check}: ${fault.path} ${fault.because}\n`);
}
const total = Object.values(checks).reduce((sum, faults) => sum + faults.length, 0);
process.stdout.write(`tidy: ${files.length} files, ${importCount} imports, ${floors.length} rooms, ${total} faults\n`);
if (files.length < 100 || importCount < 300) {
  process.stdout.write('tidy: too few files or imports were seen; the check itself is broken\n');
  process.exitCode = 1;
}
if (total > 0) process.exitCode = 1;
