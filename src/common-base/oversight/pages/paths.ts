/** The register of exports, and of one export below it. */
export const exportsPath = '/exports';
/** The register of media. */
export const mediaPath = '/media';

/** Which items the municipality holds. */
export const itemsPath = '/items';

/** To whom what may be given, on which basis. */
export const provisionsPath = '/provisions';

/** The page of one export. */
export function exportPath(exportId: number): string {
  return `${exportsPath}/${exportId}`;
}
