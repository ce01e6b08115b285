"""A made-up borough, small enough to be printed in seconds: two directorates, nine quarters, and exempt items."""

from __future__ import annotations

from pathlib import Path

SLUG, AT, NEXT = "made-up-borough", "2023-24-Q2", "2023-24-Q3"
CANARY, NUMBER = "CANARYtext", "48615.37"
FRAMEWORK = """
council: Made-up Borough Council
strategy: A made-up plan
fictional: true
ratings: {green: On track, amber: Nearly, red: Off track}
rules: [{from: 2021-22-Q1}]
pages:
  - {page: summary, title: Executive summary, kind: executive_summary}
  - {page: streets, title: Clean streets, kind: priority}
  - {page: register, title: Risk register, kind: risk_register}
appendices:
  - {letter: A, title: Streets and risks, pages: [streets, register]}
risk:
  impact: [Minor, Moderate, Major]
  opportunity_impact: [Minor, Moderate, Major]
  likelihood: [Rare, Possible, Likely]
  bands: {low: 1-2, medium: 3-4, high: 5-9}
"""
QUARTERS = [f"{year}-{(year + 1) % 100:02d}-Q{number}" for year in (2021, 2022, 2023) for number in (1, 2, 3, 4)][1:10]
VALUES = {
    "litter": ["91", "92.5", "90.4", "91.7", "93", "92.2", "91.1", "92.8", "90.6"],
    "repairs": ["12", "11.5", "12.4", "11.9", "12.2", "11.1", "11.8", "12.6", "13.9"],
    "visits": ["5210", "5130", "5340", "5400", "5280", "5190", "5450", "5510", "5475"],
    "fees": ["880", "885", "890", "896", "899", "905", "909", "915", NUMBER],
}
RISKS = (
    "quarter,risk,kind,title,type,owner,impact,likelihood,score,residual_impact,residual_likelihood,residual_score,"
    "direction,target_score,target_date,progress,merged_from,directorate,note,exempt"
)
RECORDS = {
    "indicators": f"""indicator,name,page,directorate,frequency,good_is,unit,basis,decimals,exempt
litter,Streets free of litter,streets,Place,quarterly,high,%,quarter,1,
repairs,Days to repair a street light,streets,Place,quarterly,low,days,quarter,1,
visits,Visits to libraries,streets,People,quarterly,high,visits,sum,0,
fees,{CANARY} weekly fee,streets,People,quarterly,low,£,quarter,2,Paragraph 3
""",
    "readings": "indicator,period,value,reported,status,note\n"
    + "".join(
        f"{name},{at},{value},{at},final,\n"
        for name, values in VALUES.items()
        for at, value in zip(QUARTERS, values, strict=True)
    ),
    "targets": """indicator,period,kind,low,high,to
litter,2021-22,point,92,,2023-24
repairs,2021-22,point,12,,2023-24
visits,2021-22,point,5000,,2023-24
fees,2021-22,point,900,,2023-24
""",
    "commentary": f"""indicator,quarter,kind,text,owner,due,exempt
litter,2023-24-Q2,issue,More streets had litter.,,,
litter,2023-24-Q2,cause,One sweeper was out of use.,,,
litter,2023-24-Q2,action,Hire a second sweeper.,Head of Streets,2024-01-31,
litter,2023-24-Q2,cause,{CANARY} the hire firm asks for {NUMBER} a week.,,,para 3
repairs,2023-24-Q2,issue,Repairs took longer.,,,
repairs,2023-24-Q2,cause,Parts came late.,,,
repairs,2023-24-Q2,action,Keep parts in store.,Head of Streets,2023-12-31,
visits,2023-24-Q2,performance,Visits were steady.,,,
visits,2023-24-Q2,issue,A little fewer came.,,,
visits,2023-24-Q2,cause,One library was shut for a week.,,,
visits,2023-24-Q2,action,Open it again.,Head of Libraries,2023-10-31,
fees,2023-24-Q2,issue,{CANARY} homes ask for more.,,,
fees,2023-24-Q2,cause,{CANARY} prices rose.,,,
fees,2023-24-Q2,action,{CANARY} talk to homes.,{CANARY} buyer,2023-12-31,
""",
    "risks": f"""{RISKS}
2023-24-Q1,R1,risk,Floods in the market,Place,Director of Place,3,2,6,2,2,4,level,2,2024-12-31,,,Place,,
2023-24-Q1,R2,risk,{CANARY} claim of a builder,Legal,{CANARY} lawyer,3,3,9,3,2,6,level,,,,,People,{CANARY},paragraph 5
2023-24-Q2,R1,risk,Floods in the market,Place,Director of Place,3,2,6,2,2,4,level,2,2024-12-31,,,Place,,
2023-24-Q2,R2,risk,{CANARY} claim of a builder,Legal,{CANARY} lawyer,3,3,9,3,2,6,level,,,,,People,{CANARY},paragraph 5
""",
    "risk_notes": f"""quarter,risk,kind,text,owner,due,status,exempt
2023-24-Q2,R1,cause,Gullies are old.,,,,
2023-24-Q2,R1,control,Gullies are emptied each autumn.,,,,
2023-24-Q2,R1,action,Renew the gullies.,Head of Streets,2024-09-30,planned,
2023-24-Q2,R1,progress,{CANARY} an insurer is asked.,,,,paragraph 3
2023-24-Q2,R2,action,{CANARY} settle for {NUMBER}.,{CANARY} lawyer,2024-03-31,planned,
""",
    "milestones": f"""quarter,objective,milestone,text,due,status,directorate,owner,forecast,commentary,exempt
2023-24-Q2,Clean streets,M1,Have a second sweeper.,2024-03-31,on track,Place,Head of Streets,,,
2023-24-Q2,Clean streets,M2,{CANARY} buy the depot.,2024-03-31,on track,Place,{CANARY} buyer,,{CANARY},{CANARY}
""",
}  # fmt: skip
SUMMARIES = {
    "1-place.md": "---\npage: summary\nheading: Director of Place\n---\n{{ value('litter') }} of streets were clean.\n",
    f"2-{CANARY}.md": f"---\npage: summary\nheading: {CANARY} talks\nexempt: paragraph 4\n---\n{CANARY} of {NUMBER}.\n",
}


def folder(root: Path) -> Path:
    """Where its quarter's public report is."""
    return root / "outputs" / SLUG / AT / "public"


def files(root: Path) -> dict[str, Path]:
    """Give every file of that report by its name, but for the manifest, which has times in it."""
    paths = (path for path in folder(root).rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(folder(root)).as_posix(): path for path in paths}


def found(root: Path) -> Path:
    """Write the borough's records and parameters into a root; its notebooks are those that kpilib brings."""
    (root / "params" / SLUG).mkdir(parents=True)
    (root / "params" / SLUG / "framework.yml").write_text(FRAMEWORK, "utf-8")
    data = root / "data" / SLUG
    (data / "summaries" / AT).mkdir(parents=True)
    for name, text in RECORDS.items():
        (data / f"{name}.csv").write_text(text, "utf-8")
    for name, text in SUMMARIES.items():
        (data / "summaries" / AT / name).write_text(text, "utf-8")
    return root
