"""Row history: every insert, update and delete of a tracked table is copied by a trigger, raw and bulk writes too."""

import pghistory

tracked = pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
