import { type Finding, finding } from '#kernel';
import { type DoseVolumes, listDoseVolumes, type VolumeQuestion } from '#schedule';

/**
 * Holds a told volume (millilitres as written) against the rules: where rows speak of the dose and none names that volume,
 * it differs. Nothing is said of a volume that was not told, nor of a product that no row speaks of.
 */
export function decideDoseVolume(
  table: DoseVolumes,
  given: VolumeQuestion & { readonly told: string | null },
  severity: 'note' | 'question',
): Finding[] {
  const told = Number(given.told ?? Number.NaN);
  if (given.told === null || Number.isNaN(told)) return [];
  const rows = listDoseVolumes(table, given);
  const [first] = rows;
  if (first === undefined || rows.some((row) => row.volumeMl === told)) return [];
  const params = { told: given.told, expected: String(first.volumeMl) };
  return [finding('doseVolumeDiffers', severity, 'doseVolumeMl', params, first.basis)];
}
