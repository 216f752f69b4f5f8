export {
  type Cp932Encoding,
  decodeCp932,
  encodeCp932,
  type UnmappableCharacter,
} from './characters/cp932.ts';
export { type DecodeOptions, decodeText, maxLineBytes, type TextEncoding } from './characters/decode-text.ts';
export { TextFault, type TextFaultKind } from './characters/text-fault.ts';
export { type CouponCode, readCouponCode } from './coupon/read-coupon-code.ts';
export { type CsvTableRow, parseCsvTable } from './csv/parse-csv-table.ts';
export { type CsvOptions, type CsvRecord, CsvScanner } from './csv/scan-csv.ts';
export { type CsvWriteOptions, formatCsvLine } from './csv/write-csv.ts';
export { type FixedField } from './fixed-length.ts';
export { foldLotNumber } from './fold-lot-number.ts';
export { formatFormNumber, isFormNumber, readFormNumber } from './form-number.ts';
export { type Gs1Fault, readGs1 } from './gs1/read-gs1.ts';
export { type JsonLine } from './json-lines.ts';
export { customerBars, encodeCustomerBarcode } from './postal/customer-barcode.ts';
