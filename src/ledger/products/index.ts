export { loadManufacturers, loadVaccineMap } from './load-masters.ts';
export { mapVaccine } from './map-vaccine.ts';
export { parseManufacturers } from './parse-manufacturers.ts';
export { parseVaccineMap } from './parse-vaccine-map.ts';
export type { MappedVaccine, VaccineCodeLine, VaccineMap } from './types.ts';
