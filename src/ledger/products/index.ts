export { decideDoseVolume } from './decide-dose-volume.ts';
export { findVaccineCode } from './find-vaccine-code.ts';
export { loadManufacturers, loadPackages, loadRecalledLots, loadVaccineMap } from './load-masters.ts';
export { mapVaccine } from './map-vaccine.ts';
export type { MappedVaccine, VaccineCodeLine, VaccineMap } from './types.ts';
