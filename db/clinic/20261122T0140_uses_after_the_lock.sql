-- A record locks its person and then asks which forms of the person were used. In one statement the answer would be
-- older than the lock: what another clinic recorded while this one waited would be missing. A volatile function looks
-- anew with every statement inside it, so lock and answer come in one way to the server and back.
CREATE FUNCTION ticket_uses_now(of_lg_code text, of_patient_ref uuid) RETURNS jsonb LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  RETURN (
    SELECT jsonb_agg(jsonb_build_object('formNumber', u.form_number, 'recordId', u.record_id, 'product', u.product,
             'vaccinatedOn', u.vaccinated_on))
      FROM public.ticket_uses u WHERE u.lg_code = of_lg_code AND u.patient_ref = of_patient_ref);
END $$;
COMMENT ON FUNCTION ticket_uses_now(text, uuid) IS '使った予診票: those of a person as they stand at this moment of a transaction; null where there are none';
REVOKE ALL ON FUNCTION ticket_uses_now(text, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ticket_uses_now(text, uuid) TO sesshu_app;
