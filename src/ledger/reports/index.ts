export { type CoverageRow, coverageOfMonth } from './coverage-of-month.ts';
