import { hash } from 'node:crypto';
import type { ResidentRow } from './types.ts';

/** Every item of the row but `birthDate`, which is what `birthText` says; the type says when one is forgotten. */
const items: Record<Exclude<keyof ResidentRow, 'birthDate'>, true> = {
  addresseeNumber: true,
  kana: true,
  name: true,
  birthText: true,
  sex: true,
  machiazaId: true,
  block: true,
  branch: true,
  subBranch: true,
  address: true,
  building: true,
  phone: true,
  householdNumber: true,
  postalCode: true,
  relation: true,
  isCancelled: true,
  isNonRegistered: true,
  isForeigner: true,
  foreignKana: true,
  foreignName: true,
  becameResidentOn: true,
  ceasedResidentOn: true,
  changeReason: true,
  changedOn: true,
  residencyChangeReason: true,
  residencyChangedOn: true,
  previousAddress: true,
  previousBuilding: true,
  nextAddress: true,
  nextBuilding: true,
  isProtected: true,
  diedOn: true,
  commonName: true,
  formerFamilyName: true,
  nationality: true,
  guardianNumber: true,
  email: true,
};
const keys = Object.keys(items) as (keyof typeof items)[];

/** What a row says, without its place in the file and its layout: SHA-256, base64. Lengths keep the items apart. */
export function digestResident(row: ResidentRow): string {
  let said = '';
  for (const key of keys) {
    const value = row[key];
    if (value === null || value === false) said += '-';
    else if (typeof value === 'string') said += `${value.length}:${value}`;
    else said += value === true ? '+' : `${value};`;
  }
  return hash('sha256', said, 'base64');
}
