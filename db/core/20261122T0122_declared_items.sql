-- 項目の一覧 (CB-15): what a municipality's 評価書 does not declare is not stored. The catalogue is the newest items.json of the
-- settings; where it lists items, the application can insert no row that holds another one. What a head row (persons) takes
-- over from its version has passed here before; updates are not held, so that a record from before can still be linked.
CREATE FUNCTION declared_items() RETURNS jsonb
  LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT content::jsonb -> 'items' FROM settings_documents
  WHERE lg_code = current_setting('sesshu.lg_code', true) AND path = 'items.json' ORDER BY version DESC LIMIT 1
$$;
GRANT EXECUTE ON FUNCTION declared_items() TO sesshu_app, sesshu_vault, sesshu_disposal, sesshu_read;

-- Plain SQL, so that it is part of the statement: no call for each row.
CREATE FUNCTION is_item_declared(declared jsonb, item text, subject text) RETURNS boolean
  LANGUAGE sql IMMUTABLE AS $$
  SELECT declared ? item AND (subject IS NULL OR NOT (declared -> item) ? 'subjects' OR (declared -> item -> 'subjects') ? subject)
$$;
GRANT EXECUTE ON FUNCTION is_item_declared(jsonb, text, text) TO sesshu_app, sesshu_vault, sesshu_disposal, sesshu_read;

CREATE POLICY declared_items ON person_versions AS RESTRICTIVE FOR INSERT TO sesshu_app WITH CHECK ((SELECT declared_items()) IS NULL OR (
  (phone IS NULL OR is_item_declared((SELECT declared_items()), 'persons.phone', CASE WHEN is_non_registered THEN 'nonRegistered' ELSE 'residents' END))
  AND (household_number IS NULL OR is_item_declared((SELECT declared_items()), 'persons.householdNumber', CASE WHEN is_non_registered THEN 'nonRegistered' ELSE 'residents' END))
  AND (relation IS NULL OR is_item_declared((SELECT declared_items()), 'persons.relation', CASE WHEN is_non_registered THEN 'nonRegistered' ELSE 'residents' END))
  AND (change_reason IS NULL AND changed_on IS NULL OR is_item_declared((SELECT declared_items()), 'persons.changeReason', CASE WHEN is_non_registered THEN 'nonRegistered' ELSE 'residents' END))
  AND (residency_change_reason IS NULL AND residency_changed_on IS NULL OR is_item_declared((SELECT declared_items()), 'persons.residencyChangeReason', CASE WHEN is_non_registered THEN 'nonRegistered' ELSE 'residents' END))
  AND (previous_address IS NULL AND previous_building IS NULL OR is_item_declared((SELECT declared_items()), 'persons.previousAddress', CASE WHEN is_non_registered THEN 'nonRegistered' ELSE 'residents' END))
  AND (next_address IS NULL AND next_building IS NULL OR is_item_declared((SELECT declared_items()), 'persons.nextAddress', CASE WHEN is_non_registered THEN 'nonRegistered' ELSE 'residents' END))
  AND (foreign_name IS NULL AND foreign_kana IS NULL OR is_item_declared((SELECT declared_items()), 'persons.foreignName', CASE WHEN is_non_registered THEN 'nonRegistered' ELSE 'residents' END))
  AND (common_name IS NULL OR is_item_declared((SELECT declared_items()), 'persons.commonName', CASE WHEN is_non_registered THEN 'nonRegistered' ELSE 'residents' END))
  AND (former_family_name IS NULL OR is_item_declared((SELECT declared_items()), 'persons.formerFamilyName', CASE WHEN is_non_registered THEN 'nonRegistered' ELSE 'residents' END))
  AND (nationality IS NULL OR is_item_declared((SELECT declared_items()), 'persons.nationality', CASE WHEN is_non_registered THEN 'nonRegistered' ELSE 'residents' END))
  AND (guardian_number IS NULL OR is_item_declared((SELECT declared_items()), 'persons.guardianNumber', CASE WHEN is_non_registered THEN 'nonRegistered' ELSE 'residents' END))
  AND (email IS NULL OR is_item_declared((SELECT declared_items()), 'persons.email', CASE WHEN is_non_registered THEN 'nonRegistered' ELSE 'residents' END))
));

CREATE POLICY declared_items ON persons AS RESTRICTIVE FOR INSERT TO sesshu_app WITH CHECK ((SELECT declared_items()) IS NULL OR (
  (phone IS NULL OR is_item_declared((SELECT declared_items()), 'persons.phone', CASE WHEN is_non_registered THEN 'nonRegistered' ELSE 'residents' END))
  AND (household_number IS NULL OR is_item_declared((SELECT declared_items()), 'persons.householdNumber', CASE WHEN is_non_registered THEN 'nonRegistered' ELSE 'residents' END))
  AND (relation IS NULL OR is_item_declared((SELECT declared_items()), 'persons.relation', CASE WHEN is_non_registered THEN 'nonRegistered' ELSE 'residents' END))
));

CREATE POLICY declared_items ON registration_drafts AS RESTRICTIVE FOR INSERT TO sesshu_app WITH CHECK ((SELECT declared_items()) IS NULL OR (
  (phone IS NULL OR is_item_declared((SELECT declared_items()), 'persons.phone', 'nonRegistered'))
  AND (foreign_name IS NULL AND foreign_kana IS NULL OR is_item_declared((SELECT declared_items()), 'persons.foreignName', 'nonRegistered'))
  AND (common_name IS NULL OR is_item_declared((SELECT declared_items()), 'persons.commonName', 'nonRegistered'))
  AND (nationality IS NULL OR is_item_declared((SELECT declared_items()), 'persons.nationality', 'nonRegistered'))
  AND is_item_declared((SELECT declared_items()), 'annotations.' || category, NULL)
));

CREATE POLICY declared_items ON person_annotations AS RESTRICTIVE FOR INSERT TO sesshu_app WITH CHECK ((SELECT declared_items()) IS NULL OR (
  withdraws IS NOT NULL OR is_item_declared((SELECT declared_items()), 'annotations.' || kind, NULL)
));

CREATE POLICY declared_items ON person_facts AS RESTRICTIVE FOR INSERT TO sesshu_app WITH CHECK ((SELECT declared_items()) IS NULL OR (
  change = 'retraction' OR is_item_declared((SELECT declared_items()), 'facts.' || kind, NULL)
));

CREATE POLICY declared_items ON mailing_addresses AS RESTRICTIVE FOR INSERT TO sesshu_app WITH CHECK ((SELECT declared_items()) IS NULL OR (
  is_withdrawal OR is_item_declared((SELECT declared_items()), 'persons.mailing', NULL)
));

CREATE POLICY declared_items ON welfare_flags AS RESTRICTIVE FOR INSERT TO sesshu_app WITH CHECK ((SELECT declared_items()) IS NULL OR (
  (NOT is_public_assistance OR is_item_declared((SELECT declared_items()), 'welfare.publicAssistance', NULL))
  AND (NOT is_disabled OR is_item_declared((SELECT declared_items()), 'welfare.disabled', NULL))
  AND (tax_category IS NULL OR is_item_declared((SELECT declared_items()), 'welfare.taxCategory', NULL))
));

CREATE POLICY declared_items ON ledger_entries AS RESTRICTIVE FOR INSERT TO sesshu_app WITH CHECK ((SELECT declared_items()) IS NULL OR (
  (vaccine_name IS NULL OR is_item_declared((SELECT declared_items()), 'doses.vaccineName', NULL))
  AND (product_name IS NULL OR is_item_declared((SELECT declared_items()), 'doses.productName', NULL))
  AND (manufacturer_code IS NULL OR is_item_declared((SELECT declared_items()), 'doses.manufacturerCode', NULL))
  AND (manufacturer_name IS NULL OR is_item_declared((SELECT declared_items()), 'doses.manufacturerName', NULL))
  AND (lot_number IS NULL OR is_item_declared((SELECT declared_items()), 'doses.lotNumber', NULL))
  AND (expires_on IS NULL OR is_item_declared((SELECT declared_items()), 'doses.expiresOn', NULL))
  AND (dose_volume_ml IS NULL OR is_item_declared((SELECT declared_items()), 'doses.doseVolumeMl', NULL))
  AND (site IS NULL OR is_item_declared((SELECT declared_items()), 'doses.site', NULL))
  AND (route IS NULL OR is_item_declared((SELECT declared_items()), 'doses.route', NULL))
  AND (institution_other IS NULL OR is_item_declared((SELECT declared_items()), 'doses.institutionOther', NULL))
  AND (venue_code IS NULL OR is_item_declared((SELECT declared_items()), 'doses.venueCode', NULL))
  AND (venue_other IS NULL OR is_item_declared((SELECT declared_items()), 'doses.venueOther', NULL))
  AND (administering_physician IS NULL OR is_item_declared((SELECT declared_items()), 'doses.administeringPhysician', NULL))
  AND (administering_physician_code IS NULL OR is_item_declared((SELECT declared_items()), 'doses.administeringPhysicianCode', NULL))
  AND (screening_class IS NULL OR is_item_declared((SELECT declared_items()), 'doses.screeningClass', NULL))
  AND (screening_institution_code IS NULL OR is_item_declared((SELECT declared_items()), 'doses.screeningInstitutionCode', NULL))
  AND (screening_physician IS NULL OR is_item_declared((SELECT declared_items()), 'doses.screeningPhysician', NULL))
  AND (screening_physician_code IS NULL OR is_item_declared((SELECT declared_items()), 'doses.screeningPhysicianCode', NULL))
  AND (screening_reason IS NULL OR is_item_declared((SELECT declared_items()), 'doses.screeningReason', NULL))
  AND (visit_kind IS NULL OR is_item_declared((SELECT declared_items()), 'doses.visitKind', NULL))
  AND (body_temperature IS NULL OR is_item_declared((SELECT declared_items()), 'doses.bodyTemperature', NULL))
  AND (consent IS NULL OR is_item_declared((SELECT declared_items()), 'doses.consent', NULL))
  AND (copayment_class IS NULL OR is_item_declared((SELECT declared_items()), 'doses.copaymentClass', NULL))
  AND (claim_month IS NULL OR is_item_declared((SELECT declared_items()), 'doses.claimMonth', NULL))
  AND (project_number IS NULL OR is_item_declared((SELECT declared_items()), 'doses.projectNumber', NULL))
  AND (fiscal_year IS NULL OR is_item_declared((SELECT declared_items()), 'doses.fiscalYear', NULL))
  AND (branch_number IS NULL OR is_item_declared((SELECT declared_items()), 'doses.branchNumber', NULL))
  AND (schedule_sequence IS NULL OR is_item_declared((SELECT declared_items()), 'doses.scheduleSequence', NULL))
  AND (registering_ward IS NULL OR is_item_declared((SELECT declared_items()), 'doses.registeringWard', NULL))
  AND (registered_on IS NULL OR is_item_declared((SELECT declared_items()), 'doses.registeredOn', NULL))
  AND (former_municipality IS NULL OR is_item_declared((SELECT declared_items()), 'doses.formerMunicipality', NULL))
  AND (second_mixed_class IS NULL OR is_item_declared((SELECT declared_items()), 'doses.secondMixedClass', NULL))
  AND (first_vaccine_class IS NULL OR is_item_declared((SELECT declared_items()), 'doses.firstVaccineClass', NULL))
  AND (tuberculin_result IS NULL OR is_item_declared((SELECT declared_items()), 'doses.tuberculinResult', NULL))
  AND (tuberculin_length_mm IS NULL OR is_item_declared((SELECT declared_items()), 'doses.tuberculinLengthMm', NULL))
  AND (tuberculin_width_mm IS NULL OR is_item_declared((SELECT declared_items()), 'doses.tuberculinWidthMm', NULL))
  AND (tuberculin_state IS NULL OR is_item_declared((SELECT declared_items()), 'doses.tuberculinState', NULL))
  AND (error_code IS NULL OR is_item_declared((SELECT declared_items()), 'doses.errorCode', NULL))
  AND (print_class IS NULL OR is_item_declared((SELECT declared_items()), 'doses.printClass', NULL))
  AND (printed_on IS NULL OR is_item_declared((SELECT declared_items()), 'doses.printedOn', NULL))
  AND (request_letter_number IS NULL OR is_item_declared((SELECT declared_items()), 'doses.requestLetterNumber', NULL))
  AND (certificate_number IS NULL OR is_item_declared((SELECT declared_items()), 'doses.certificateNumber', NULL))
  AND (coupon_number IS NULL OR is_item_declared((SELECT declared_items()), 'doses.couponNumber', NULL))
  AND (given_in_lg_code IS NULL OR is_item_declared((SELECT declared_items()), 'doses.givenInLgCode', NULL))
  AND (remarks IS NULL OR is_item_declared((SELECT declared_items()), 'doses.remarks', NULL))
));
