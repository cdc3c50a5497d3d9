"""The columns that a filling of sessions writes, besides the key; the others stay empty."""

TABLES: dict[str, tuple[str, ...]] = {
    "scheduling_course": (
        "clinic_id", "patient_id", "practitioner_id", "location_id", "label", "page_url", "start_on", "is_live",
        "blocked_code", "blocked_sentence", "blocked_url",
    ),
    "scheduling_appointment": (
        "clinic_id", "patient_id", "kind_id", "practitioner_id", "room_id", "location_id", "starts_at", "ends_at",
        "status", "practitioner_busy", "room_busy", "device_busy", "patient_busy", "overlap_reason", "note",
        "cancel_reason", "uid", "sequence", "booked_at", "booked_by_id", "changed_at",
    ),
    "scheduling_coursevisit": (
        "clinic_id", "course_id", "kind_id", "appointment_id", "ordinal", "min_days", "max_days", "label_bound",
        "done_on", "skipped", "reassessment_reason",
    ),
    "treatments_treatmentplan": (
        "clinic_id", "course_id", "patient_id", "practitioner_id", "location_id", "protocol_id", "number", "start_on",
        "state", "state_reason", "currency", "language", "aim", "created_at", "created_by_id", "ended_at",
        "ended_by_id",
    ),
    "treatments_planstatechange": ("clinic_id", "plan_id", "state", "code", "reason", "at", "by_id"),
    "treatments_planingredient": ("clinic_id", "plan_id", "ingredient_id", "ordinal"),
    "treatments_plannedsession": ("clinic_id", "plan_id", "visit_id", "ordinal", "phase", "skip_reason"),
    "treatments_treatmentsession": (
        "clinic_id", "patient_id", "plan_id", "planned_session_id", "appointment_id", "practitioner_id",
        "location_id", "state", "started_at", "started_by_id", "time_out_at", "time_out_by_id", "anaesthetic",
        "antiseptic", "injection_started_at", "injection_ended_at", "injected_by_id", "ended_at", "ended_by_id",
        "note", "signed_at", "signed_by_id", "abandon_reason", "revision",
    ),
    "treatments_screening": ("clinic_id", "session_id", "answers", "answered_at", "answered_by_id"),
    "treatments_immediatereaction": (
        "clinic_id", "session_id", "none_observed", "note", "recorded_at", "recorded_by_id",
    ),
    "formulations_lot": (
        "clinic_id", "product_id", "location_id", "number", "expires_on", "unit", "balance", "state", "allergens",
        "udi", "supplier", "source_type", "received_at", "received_by_id",
    ),
    "formulations_pack": (
        "clinic_id", "lot_id", "patient_id", "dose", "volume", "left", "opened_at", "opened_by_id", "discard_at",
        "state", "closed_at", "closed_by_id", "close_reason",
    ),
    "formulations_stockmovement": (
        "clinic_id", "lot_id", "pack_id", "kind", "quantity", "reason", "at", "by_id",
    ),
    "formulations_preparation": (
        "clinic_id", "patient_id", "practitioner_id", "location_id", "state", "total_ml", "prepared_at",
        "prepared_by_id", "beyond_use_at", "injected_ml", "wasted_ml", "difference_reason", "reconciled_at",
        "reconciled_by_id", "discard_reason",
    ),
    "formulations_preparationcomponent": (
        "clinic_id", "preparation_id", "pack_id", "movement_id", "ordinal", "volume_ml",
    ),
    "formulations_preparationsubstance": (
        "clinic_id", "component_id", "ingredient_id", "concentration", "amount", "unit",
    ),
    "treatments_sessionpreparation": ("clinic_id", "session_id", "preparation_id"),
    "treatments_zoneapplication": (
        "clinic_id", "session_id", "zone_id", "preparation_id", "ordinal", "side", "technique", "depth_mm", "needle",
        "points", "ml_per_point", "volume_ml", "delivery", "map_points", "note", "recorded_at", "recorded_by_id",
    ),
    "treatments_componentuse": (
        "clinic_id", "zone_application_id", "component_id", "movement_id", "ingredient_id", "volume_ml", "dose",
        "unit",
    ),
    "safety_sideeffectcase": (
        "clinic_id", "patient_id", "plan_id", "session_id", "zone_id", "effect_id", "side", "onset_at", "grade",
        "serious", "expected", "expected_basis", "is_red", "pauses_plan", "state", "reporter", "narrative",
        "treatment", "action_taken", "outcome", "resolved_on", "reported_at", "reported_by_id", "lift_reason",
        "closed_at", "closed_by_id", "entered_in_error", "error_reason", "told",
    ),
    "safety_suspect": (
        "clinic_id", "case_id", "lot_id", "session_id", "latency_hours", "in_window", "pre_ticked", "ticked", "note",
    ),
    "safety_casestep": ("clinic_id", "case_id", "state", "note", "at", "by_id"),
}  # fmt: skip
