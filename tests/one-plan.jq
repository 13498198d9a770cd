# Is what v2v-inspect said would be changed what v2v-convert changed?  What options ask for, inspection does not know.
def words: gsub(" → "; " becomes ");
([.inspect.findings[] | select(.level == "change") | {code, where, text}] | sort) as $said
| ([.guestcaps.changes[] | select(.code != "serial-console" and .code != "foreign-tools")
    | {code, where, text: (.what | words)}] | sort) as $done
| $said == $done or ({not_done: ($said - $done), not_said: ($done - $said)} | tostring | error)
