"""SQL that brings the estate to what the staging table says, set by set.

$1 organisation, $2 import run, $3 instant, $4 revision, where a statement needs them.
"""

MISSING_CABINETS = """
SELECT t.cabinet_code, avg(t.lon_deg), avg(t.lat_deg) FROM import_target t
WHERE t.cabinet_code IS NOT NULL AND NOT EXISTS (
    SELECT FROM cabinet c
    JOIN organisation_closure o ON o.ancestor_id = c.organisation_id AND o.descendant_id = $1
    WHERE c.code = t.cabinet_code)
GROUP BY 1 ORDER BY 1
"""
ADD_CABINET = """
INSERT INTO cabinet (id, organisation_id, import_run_id, created_at, code, name, lon_deg, lat_deg,
    position_quality, prm, subscribed_power_kva, provenance, state, search_words)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'in_service', $13)
"""
# A town's lights may hang on a cabinet of the syndicate above it; its own cabinet comes first.
DROP_CABINETS = "DROP TABLE IF EXISTS import_cabinet"
FIND_CABINETS = """
CREATE TEMP TABLE import_cabinet (code text PRIMARY KEY, id uuid) ON COMMIT DROP
"""
FILL_CABINETS = """
INSERT INTO import_cabinet
SELECT DISTINCT ON (c.code) c.code, c.id FROM cabinet c
JOIN organisation_closure o ON o.ancestor_id = c.organisation_id AND o.descendant_id = $1
WHERE c.code IN (SELECT cabinet_code FROM import_target)
ORDER BY c.code, c.organisation_id <> $1, c.id
"""
MISSING_CIRCUITS = """
SELECT c.id, t.circuit_code, max(t.circuit_phase) FROM import_target t
JOIN import_cabinet c ON c.code = t.cabinet_code
WHERE t.circuit_code IS NOT NULL AND NOT EXISTS (
    SELECT FROM circuit k WHERE k.cabinet_id = c.id AND k.code = t.circuit_code)
GROUP BY 1, 2 ORDER BY 1, 2
"""
ADD_CIRCUIT = """
INSERT INTO circuit (id, organisation_id, import_run_id, created_at, cabinet_id, code, phase)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
CHANGE_CIRCUITS = """
UPDATE circuit k SET phase = said.phase
FROM (SELECT c.id AS cabinet_id, t.circuit_code, max(t.circuit_phase) AS phase
      FROM import_target t JOIN import_cabinet c ON c.code = t.cabinet_code
      WHERE t.circuit_code IS NOT NULL GROUP BY 1, 2) said
WHERE k.cabinet_id = said.cabinet_id AND k.code = said.circuit_code
  AND k.phase IS DISTINCT FROM said.phase
"""
MISSING_TYPES = """
SELECT DISTINCT t.maker, t.model, t.lamp_technology, t.rated_power_w, t.cct_k FROM import_target t
WHERE t.has_luminaire AND NOT EXISTS (
    SELECT FROM luminaire_type y WHERE y.maker = t.maker AND y.model = t.model
    AND y.lamp_technology IS NOT DISTINCT FROM t.lamp_technology
    AND y.rated_power_w IS NOT DISTINCT FROM t.rated_power_w
    AND y.cct_k IS NOT DISTINCT FROM t.cct_k)
"""
ADD_TYPE = """
INSERT INTO luminaire_type (id, import_run_id, created_at, level_min_percent,
    maker, model, lamp_technology, rated_power_w, cct_k)
VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING
"""
# A support that is called like its first lamp is found again through that lamp.
ADD_SUPPORTS = """
WITH added AS (
    INSERT INTO support (id, organisation_id, import_run_id, created_at, code, lon_deg, lat_deg,
        height_m, material)
    SELECT DISTINCT ON (t.support_code) t.support_id, $1, $2, $3, t.support_code, t.lon_deg,
        t.lat_deg, t.support_height_m, t.support_material
    FROM import_target t
    WHERE t.support_code IS NOT NULL AND NOT EXISTS (
        SELECT FROM support s WHERE s.organisation_id = $1 AND s.code = t.support_code)
    ORDER BY t.support_code, t.code
    RETURNING id, code)
INSERT INTO external_id (organisation_id, scheme, asset_type, value, asset_id, import_run_id)
SELECT DISTINCT $1::uuid, $4::text, 'support', t.support_key, added.id, $2::uuid
FROM added JOIN import_target t ON t.support_code = added.code
WHERE t.support_key NOT IN ('', t.source_key)
"""
CHANGE_SUPPORTS = """
UPDATE support s SET height_m = t.support_height_m, material = t.support_material,
    lon_deg = t.lon_deg, lat_deg = t.lat_deg
FROM (SELECT DISTINCT ON (support_code) * FROM import_target
      WHERE NOT is_new ORDER BY support_code, code) t
WHERE s.organisation_id = $1 AND s.code = t.support_code
  AND (s.height_m, s.material, s.lon_deg, s.lat_deg) IS DISTINCT FROM
      (t.support_height_m, t.support_material, t.lon_deg, t.lat_deg)
"""
_PLACED = """
FROM import_target t
LEFT JOIN support s ON s.organisation_id = $1 AND s.code = t.support_code
LEFT JOIN import_cabinet c ON c.code = t.cabinet_code
LEFT JOIN circuit k ON k.cabinet_id = c.id AND k.code = t.circuit_code
"""
ADD_LIGHT_POINTS = f"""
INSERT INTO light_point (id, organisation_id, import_run_id, created_at, revision, code, street,
    support_id, cabinet_id, circuit_id, position_on_circuit, lon_deg, lat_deg, state, attributes,
    tile_key, street_folded, search_words)
SELECT t.light_point_id, $1, $2, $3, $4, t.code, t.street, s.id, c.id, k.id,
    t.position_on_circuit, t.lon_deg, t.lat_deg, t.state, t.attributes, t.tile_key,
    t.street_folded, t.search_words::tsvector
{_PLACED} WHERE t.is_new ORDER BY t.light_point_id
"""
CHANGE_LIGHT_POINTS = f"""
UPDATE light_point p SET revision = $2, code = n.code, street = n.street,
    support_id = n.placed_support_id, cabinet_id = n.cabinet_id, circuit_id = n.circuit_id,
    position_on_circuit = n.position_on_circuit, lon_deg = n.lon_deg, lat_deg = n.lat_deg,
    state = n.state, attributes = n.attributes, tile_key = n.tile_key,
    street_folded = n.street_folded, search_words = n.search_words::tsvector
FROM (SELECT t.*, s.id AS placed_support_id, c.id AS cabinet_id, k.id AS circuit_id
      {_PLACED} WHERE NOT t.is_new) n
WHERE p.id = n.light_point_id
"""
ADD_NAMES = """
INSERT INTO external_id (organisation_id, scheme, asset_type, value, asset_id, import_run_id)
SELECT $1, $3, 'light_point', t.source_key, t.light_point_id, $2 FROM import_target t
WHERE t.is_new AND t.source_key <> ''
"""
_TYPED = """
JOIN luminaire_type y ON y.maker = t.maker AND y.model = t.model
    AND y.lamp_technology IS NOT DISTINCT FROM t.lamp_technology
    AND y.rated_power_w IS NOT DISTINCT FROM t.rated_power_w
    AND y.cct_k IS NOT DISTINCT FROM t.cct_k
"""
CHANGE_LUMINAIRES = f"""
UPDATE luminaire l SET type_id = y.id, serial = t.luminaire_serial, installed_on = t.installed_on
FROM import_target t
JOIN installation i ON i.light_point_id = t.light_point_id AND i.kind = 'luminaire'
    AND i.removed_at IS NULL
{_TYPED}
WHERE NOT t.is_new AND l.id = i.luminaire_id
  AND (l.type_id, l.serial, l.installed_on) IS DISTINCT FROM
      (y.id, t.luminaire_serial, t.installed_on)
"""
# A luminaire of the same serial that lies in stock is the one that is meant.
ADD_LUMINAIRES = f"""
INSERT INTO luminaire (id, organisation_id, import_run_id, created_at, type_id, serial,
    installed_on, state)
SELECT t.luminaire_id, $1, $2, $3, y.id, t.luminaire_serial, t.installed_on, 'in_service'
FROM import_target t {_TYPED}
WHERE NOT EXISTS (
        SELECT FROM installation i WHERE i.light_point_id = t.light_point_id
        AND i.kind = 'luminaire' AND i.removed_at IS NULL)
  AND NOT EXISTS (
        SELECT FROM luminaire l WHERE l.organisation_id = $1 AND l.serial = t.luminaire_serial)
"""
INSTALL_LUMINAIRES = """
INSERT INTO installation (id, light_point_id, kind, equipment_id, installed_at, reason,
    import_run_id)
SELECT t.installation_id, t.light_point_id, 'luminaire', l.id,
    coalesce(t.installed_on::timestamp AT TIME ZONE $4, $3), 'import', $2
FROM import_target t
LEFT JOIN luminaire known ON known.organisation_id = $1 AND known.serial = t.luminaire_serial
JOIN luminaire l ON l.id = coalesce(known.id, t.luminaire_id)
WHERE t.has_luminaire AND NOT EXISTS (
    SELECT FROM installation i WHERE i.light_point_id = t.light_point_id
    AND i.kind = 'luminaire' AND i.removed_at IS NULL)
"""
MISSING_CONTROLLERS = """
SELECT t.controller_address, t.controller_network, t.controller_profile, t.controller_period_s
FROM import_target t
WHERE t.controller_address IS NOT NULL AND NOT EXISTS (
    SELECT FROM controller c WHERE c.address = t.controller_address)
"""
CONTROLLER_COLUMNS = (
    *("id", "organisation_id", "import_run_id", "created_at", "revision", "state"),
    *("address", "network", "profile", "expected_period_s"),
)
CHANGE_CONTROLLERS = """
UPDATE controller c SET network = t.controller_network, profile = t.controller_profile,
    expected_period_s = t.controller_period_s, revision = $2, state = 'in_service'
FROM import_target t
WHERE c.organisation_id = $1 AND c.address = t.controller_address
  AND (c.network, c.profile, c.expected_period_s, c.state) IS DISTINCT FROM
      (t.controller_network, t.controller_profile, t.controller_period_s, 'in_service')
"""
UNINSTALLED_CONTROLLERS = """
SELECT t.light_point_id, c.id FROM import_target t
JOIN controller c ON c.address = t.controller_address
WHERE NOT EXISTS (
    SELECT FROM installation i WHERE i.controller_id = c.id AND i.removed_at IS NULL)
"""
INSTALLATION_COLUMNS = (
    *("id", "light_point_id", "kind", "equipment_id", "installed_at", "reason", "import_run_id"),
)
NOTE_CHANGES = """
INSERT INTO asset_change (at, organisation_id, asset_type, asset_id, action, before, after,
    import_run_id)
SELECT $3, $1, 'light_point', light_point_id, 'import', before, after, $2 FROM import_row
WHERE run_id = $2 AND outcome IN ('created', 'changed') ORDER BY line_number, lamp_number
"""
