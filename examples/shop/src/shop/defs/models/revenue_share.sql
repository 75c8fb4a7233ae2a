SELECT
    country,
    round(100 * revenue / sum(revenue) OVER (), 1) AS percent
FROM {{ ref('revenue_by_country') }}
ORDER BY percent DESC
