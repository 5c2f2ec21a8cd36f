"""A world of any size in which everybody fails, through every channel of distress there is."""

HEAD = """\
name: many-in-distress
asks: What does an event cost when everybody fails?
opens: 2025-12-31
ends: 2027-12-31
seed: 1
generations:
  chips: {maker: world, price_per_gw: 20 bn USD, gpus_per_gw: 500000}
compute: {price_per_gw_year: 10 bn USD, market: 1000 GW}
credit:
  base_rate: {2026: 4 %}
shocks:
  demand: {touches: demand, start: 2026-06-01, shape: step, depth: 70 %, against: plan}
distress: {relief: [stretch, defer], ranking: classes, estate_costs: 3 %, stay_quarters: 2, seize_after_days: 30,
  relet_after_quarters: 1, sale_cost: 5 %}
"""
FIRMS = """\
  customers-#: {trade: customer, outside: true, lab: lab-#, share: 100 %, noise: 1 %}
  lab-#:
    trade: ai_lab
    sheet: {cash: 60 m USD}
    shares_outstanding: 10 m shares
    last_round: 100.00 USD
    plan: {2026: 600 m USD, 2027: 900 m USD}
    running_costs: {2026: 40 %, 2027: 35 %}
    compute_need: {2026: 360 m USD, 2027: 500 m USD}
    rents_from: host-#
    cash_target_quarters: 2
  host-#:
    trade: cloud
    sheet: {cash: 100 m USD, property: 400 m USD}
    buys: {2026: chips}
    operating_cost: 40 %
    holdings:
      - {issuer: lab-#, shares: 1 m shares, carrying: 100 m USD, treatment: fair_value}
    installed:
      - {contract: compute-#, generation: chips, kw: 30 MW}
  owner-#:
    trade: neocloud
    sheet: {cash: 20 m USD}
    shares_outstanding: 10 m shares
  box-#:
    trade: box
    owner: owner-#
    guarantor: owner-#
    sheet: {cash: 20 m USD, property: 300 m USD}
    buys: {2026: chips}
    operating_cost: 20 %
    installed:
      - {contract: boxed-#, generation: chips, kw: 20 MW}
"""
CONTRACTS = """\
  compute-#:
    kind: compute_commitment
    seller: host-#
    buyer: lab-#
    minimums: {2026: 360 m USD, 2027: 240 m USD}
    price_per_gw_year: 10 bn USD
    days_to_pay: 30
    end: 2027-06-30
    total: 600 m USD
  boxed-#:
    kind: compute_commitment
    seller: box-#
    buyer: lab-#
    minimums: {2026: 180 m USD, 2027: 220 m USD}
    price_per_gw_year: 10 bn USD
    days_to_pay: 30
    end: 2027-12-31
    total: 500 m USD
  loan-#:
    kind: term_loan
    lender: bank
    borrower: box-#
    guarantor: owner-#
    commitment: 200 m USD
    opening: 200 m USD
    advance: 75 %
    margin: 400 bp
    instalments: 12
    first_repayment: 2026-03-31
    maturity: 2028-12-31
    secured: 1
    covenants: {contracted_cover: 1.1 x, minimum_liquidity: 1 m USD}
    cure_days: 5
"""


def failing(copies: int) -> str:
    """So many small circles that all fail: a lab, its host that holds its shares, a box and its guarantor; one bank."""
    firms = "".join(FIRMS.replace("#", str(number)) for number in range(copies))
    contracts = "".join(CONTRACTS.replace("#", str(number)) for number in range(copies))
    outside = "  world: {trade: passive, outside: true}\n  bank: {trade: lender, outside: true}\n"
    return f"{HEAD}firms:\n{outside}{firms}\ncontracts:\n{contracts}"
