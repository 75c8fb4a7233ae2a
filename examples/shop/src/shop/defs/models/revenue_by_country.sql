SELECT
    customers.country,
    count(*) AS orders,
    round(sum(orders.amount), 2) AS revenue
FROM {{ ref('orders') }} AS orders
JOIN {{ ref('customers') }} AS customers ON customers.id = orders.customer_id
GROUP BY customers.country
ORDER BY revenue DESC
